//===- Team.cpp - Threads that take turns ---------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "check/Team.h"

#include <thread>
#include <vector>

using namespace kiln;

static thread_local Team *currentTeam = nullptr;
static thread_local unsigned currentThread = 0, currentPlace = 0;

Team *Team::getCurrent() { return currentTeam; }
void Team::setCurrent(Team *team) { currentTeam = team; }
unsigned Team::getThread() { return currentThread; }

void Team::waitForTurn(std::unique_lock<std::mutex> &lock) {
  turned.wait(lock, [&] { return turn == currentPlace; });
}

void Team::passTurn() {
  turn = (turn + 1) % size;
  turned.notify_all();
}

void Team::barrier() {
  // All threads come to the same barriers, so when the turn comes round again,
  // every other one has been here.
  std::unique_lock<std::mutex> lock(mutex);
  passTurn();
  waitForTurn(lock);
}

void Team::run(llvm::function_ref<void(unsigned)> body) {
  std::vector<std::thread> threads;
  turn = 0;
  for (unsigned place = 0; place < size; ++place)
    threads.emplace_back([&, place] {
      currentTeam = this;
      currentPlace = place;
      currentThread = descending ? size - 1 - place : place;
      {
        std::unique_lock<std::mutex> lock(mutex);
        waitForTurn(lock);
      }
      body(currentThread);
      std::unique_lock<std::mutex> lock(mutex);
      passTurn();
    });
  for (std::thread &thread : threads)
    thread.join();
}
