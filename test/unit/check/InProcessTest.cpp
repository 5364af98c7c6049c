//===- InProcessTest.cpp - Threads in turn, and what they show ------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "check/InProcess.h"
#include "check/Team.h"

#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

#include <vector>

using namespace kiln;

TEST(Team, RunsFromBarrierToBarrierInOrder) {
  for (bool descending : {false, true}) {
    std::vector<unsigned> order;
    Team team(3, descending);
    team.run([&](unsigned thread) {
      for (unsigned round = 0; round < 2; ++round) {
        order.push_back(thread);
        Team::getCurrent()->barrier();
      }
      order.push_back(10 + thread);
    });
    std::vector<unsigned> expected = {0, 1, 2, 0, 1, 2, 10, 11, 12};
    if (descending)
      expected = {2, 1, 0, 2, 1, 0, 12, 11, 10};
    EXPECT_EQ(order, expected);
  }
}

// What checks of barriers rely on: threads that race give other results in the
// other order.
TEST(Team, ShowsAMissingBarrier) {
  auto run = [](bool descending, bool wait) {
    int written = 0, read = 0;
    Team team(2, descending);
    team.run([&](unsigned thread) {
      if (thread == 0)
        written = 1;
      if (wait)
        Team::getCurrent()->barrier();
      if (thread == 1)
        read = written;
    });
    return read;
  };
  EXPECT_EQ(run(false, true), 1);
  EXPECT_EQ(run(true, true), 1);
  EXPECT_NE(run(false, false), run(true, false));
}
