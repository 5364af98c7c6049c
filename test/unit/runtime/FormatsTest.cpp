//===- FormatsTest.cpp - Readers and writers of files ---------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "TestFiles.h"

#include "runtime/Buffer.h"
#include "runtime/DataCsv.h"
#include "runtime/DataIdx.h"
#include "runtime/DataNpy.h"
#include "runtime/DurableFile.h"
#include "runtime/Input.h"
#include "runtime/Safetensors.h"

#include <cstring>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zlib.h>

using namespace kiln::rt;

namespace {
class Formats : public TemporaryFolder {};
} // namespace

/// An IDX file of bytes with `payload` bytes behind a header for `shape`.
static std::string makeIdx(std::vector<uint32_t> shape, size_t payload,
                           uint8_t type = 8) {
  std::string text = {0, 0, char(type), char(shape.size())};
  for (uint32_t extent : shape)
    for (int shift = 24; shift >= 0; shift -= 8)
      text += char(extent >> shift);
  for (size_t i = 0; i < payload; ++i)
    text += char(i);
  return text;
}

static std::string compress(const std::string &text) {
  std::string packed(compressBound(text.size()) + 64, '\0');
  z_stream stream = {};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  stream.next_in = (Bytef *)text.data();
  stream.avail_in = uInt(text.size());
  stream.next_out = (Bytef *)packed.data();
  stream.avail_out = uInt(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

TEST(Buffers, Zeroed) {
  for (size_t size : {size_t(0), size_t(1), size_t(200000)}) {
    Buffer buffer;
    ASSERT_TRUE(buffer.allocate(size));
    EXPECT_EQ(buffer.size(), size);
    EXPECT_EQ(uintptr_t(buffer.data()) % 4096, 0u);
    for (size_t i = 0; i < size; ++i)
      ASSERT_EQ(buffer.data()[i], 0);
    ASSERT_TRUE(buffer.allocate(1));
    EXPECT_EQ(buffer.size(), 1u);
  }
}

#if __has_feature(address_sanitizer)
TEST(BuffersDeathTest, HaveBorders) {
  Buffer buffer;
  ASSERT_TRUE(buffer.allocate(200000));
  volatile uint8_t *bytes = buffer.data();
  EXPECT_DEATH(bytes[200000] = 1, "0 bytes after 200000-byte region");
}
#endif

TEST_F(Formats, TwoWritersOfOneFile) {
  DurableFile one, other;
  std::string path = folder + "/both";
  ASSERT_TRUE(one.open(path).ok() && other.open(path).ok());
  ASSERT_TRUE(one.write("one", 3).ok() && other.write("other", 5).ok());
  ASSERT_TRUE(other.commit().ok());
  ASSERT_TRUE(one.commit().ok());
  std::vector<char> text;
  ASSERT_TRUE(readWhole(path, 100, text).ok());
  EXPECT_EQ(std::string(text.begin(), text.end()), "one");
}

TEST_F(Formats, IdxPlainAndGzip) {
  std::string text = makeIdx({3, 2, 2}, 12);
  for (const std::string &content : {text, compress(text)}) {
    Array array;
    Status status = readIdx(write("a", content), array);
    ASSERT_TRUE(status.ok()) << status.message();
    EXPECT_EQ(array.shape, (std::vector<int64_t>{3, 2, 2}));
    EXPECT_EQ(array.at(11), 11);
  }
}

TEST_F(Formats, IdxBigEndianNumbers) {
  Array array;
  std::string text = makeIdx({1}, 0, 0x0C) + std::string("\xFF\xFF\xFF\xFE", 4);
  ASSERT_TRUE(readIdx(write("a", text), array).ok());
  EXPECT_EQ(array.at(0), -2);
  text = makeIdx({1}, 0, 0x0D) + std::string("\x3F\x80\0\0", 4);
  ASSERT_TRUE(readIdx(write("a", text), array).ok());
  EXPECT_EQ(array.at(0), 1.0);
  text = makeIdx({2}, 0, 0x0E) + std::string("\xC0\x04\0\0\0\0\0\0", 8) +
         std::string("\x3F\xB9\x99\x99\x99\x99\x99\x9A", 8);
  ASSERT_TRUE(readIdx(write("a", text), array).ok());
  EXPECT_EQ(array.at(0), -2.5);
  EXPECT_EQ(array.at(1), 0.1);
}

TEST_F(Formats, IdxSignedNumbersOfOneAndTwoBytes) {
  Array array;
  std::string text = makeIdx({3}, 0, 0x09) + std::string("\x80\xFF\x7F", 3);
  ASSERT_TRUE(readIdx(write("a", text), array).ok());
  EXPECT_EQ(array.at(0), -128);
  EXPECT_EQ(array.at(1), -1);
  EXPECT_EQ(array.at(2), 127);
  text = makeIdx({2}, 0, 0x0B) + std::string("\x80\x01\x01\x02", 4);
  ASSERT_TRUE(readIdx(write("a", text), array).ok());
  EXPECT_EQ(array.at(0), -32767);
  EXPECT_EQ(array.at(1), 258);
}

/// Whatever is cut off, the file is refused; a plain file says what is there.
TEST_F(Formats, IdxTruncatedAnywhere) {
  std::string text = makeIdx({3, 2, 2}, 12);
  for (const std::string &whole : {text, compress(text)})
    for (size_t size = 0; size < whole.size(); ++size) {
      Array array;
      Status status = readIdx(write("a", whole.substr(0, size)), array);
      EXPECT_EQ(status.code(), UserError) << size << status.message();
    }
  Array array;
  EXPECT_NE(readIdx(write("a", text.substr(0, 20)), array)
                .message()
                .find("truncated: expected 12 bytes after the header, got 4"),
            std::string::npos);
}

TEST_F(Formats, IdxRefusals) {
  Array array;
  EXPECT_NE(readIdx(write("a", "P5 28 28"), array).message().find("not an IDX"),
            std::string::npos);
  EXPECT_NE(readIdx(write("a", makeIdx({2}, 3)), array)
                .message()
                .find("expected the end of the file"),
            std::string::npos);
  std::string packed = compress(makeIdx({4000}, 4000));
  packed[packed.size() - 5] ^= 1;
  EXPECT_EQ(readIdx(write("a", packed), array).code(), UserError);
  EXPECT_EQ(readIdx(folder, array).code(), UserError);
  EXPECT_EQ(readIdx(folder + "/none", array).code(), IoError);
}

/// A header may claim any size: memory is bounded by what the file can hold.
TEST_F(Formats, IdxClaimsMoreThanTheFileHolds) {
  uint32_t most = 0xFFFFFFFF;
  for (std::vector<uint32_t> shape :
       {std::vector<uint32_t>{most}, {most, most}, {most, most, most, most}}) {
    Array array;
    std::string text = makeIdx(shape, 100);
    EXPECT_EQ(readIdx(write("a", text), array).code(), UserError);
    EXPECT_EQ(readIdx(write("a", compress(text)), array).code(), UserError);
    EXPECT_EQ(array.memory.size(), 0u);
  }
}

TEST_F(Formats, NpyRoundTrip) {
  std::vector<float> values = {1, -2.5f, 3e-40f, 4, 5, 6};
  ASSERT_TRUE(writeNpy(folder + "/a", {2, 3}, values.data()).ok());
  Array array;
  ASSERT_TRUE(readNpy(folder + "/a", array).ok());
  EXPECT_EQ(array.shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(std::memcmp(array.memory.data(), values.data(), 24), 0);
  double one = 0.1;
  ASSERT_TRUE(writeNpy(folder + "/a", {1}, &one).ok());
  ASSERT_TRUE(readNpy(folder + "/a", array).ok());
  EXPECT_EQ(array.at(0), 0.1);
}

static std::string makeNpy(const std::string &header, const std::string &data) {
  return std::string("\x93NUMPY\x01\x00", 8) + char(header.size()) + '\0' +
         header + data;
}

TEST_F(Formats, NpyTypesAndRefusals) {
  Array array;
  auto read = [&](const std::string &descr, const std::string &rest,
                  const std::string &data) {
    return readNpy(
        write("a", makeNpy("{'descr': '" + descr + "', " + rest + "}", data)),
        array);
  };
  std::string two = "'fortran_order': False, 'shape': (2,), ";
  ASSERT_TRUE(read("|i1", two, "\xFF\x01").ok());
  EXPECT_EQ(array.at(0), -1);
  ASSERT_TRUE(read("<u2", two, std::string("\xFF\xFF\0\0", 4)).ok());
  EXPECT_EQ(array.at(0), 65535);
  ASSERT_TRUE(
      read("<u4", two, std::string("\xFF\xFF\xFF\xFF\0\0\0\0", 8)).ok());
  EXPECT_EQ(array.at(0), 4294967295.0);
  EXPECT_EQ(read(">f4", two, "12345678").code(), UserError);
  EXPECT_EQ(
      read("<f4", "'fortran_order': True, 'shape': (2,)", "12345678").code(),
      UserError);
  EXPECT_EQ(read("<f4", two, "1234567").code(), UserError);
  EXPECT_EQ(read("<f4", two, "123456789").code(), UserError);
  EXPECT_EQ(
      read("<f4", "'fortran_order': False, 'shape': (99999999999999,)", "1")
          .code(),
      UserError);
  EXPECT_EQ(read("<f4",
                 "'fortran_order': False, 'shape': (4294967296, "
                 "4294967296, 4294967296)",
                 "1")
                .code(),
            UserError);
  EXPECT_EQ(readNpy(write("a", "\x93NUMP"), array).code(), UserError);
}

TEST_F(Formats, Csv) {
  CsvTable table;
  Status status = readCsv(
      write("a", "x, \"a,b\" ,y\r\n1,+2.5,-3e2\n\n4, 5 ,\"6\""), true, table);
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(table.names, (std::vector<std::string>{"x", "a,b", "y"}));
  EXPECT_EQ(table.values.shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(table.values.at(2), -300);
  EXPECT_EQ(table.values.at(5), 6);
  int64_t column = -1;
  EXPECT_TRUE(findColumn(table, "y", column).ok());
  EXPECT_EQ(column, 2);
  EXPECT_TRUE(findColumn(table, "1", column).ok());
  EXPECT_EQ(column, 1);
  EXPECT_EQ(findColumn(table, "3", column).code(), UserError);

  CsvTable other;
  EXPECT_NE(readCsv(write("a", "1,2\n3,x\n"), false, other)
                .message()
                .find(":2: column 2: expected a number, got 'x'"),
            std::string::npos);
  EXPECT_NE(readCsv(write("a", "1,2\n3\n"), false, other)
                .message()
                .find(":2: expected 2 columns, got 1"),
            std::string::npos);
  EXPECT_EQ(readCsv(write("a", "a,b\n"), true, other).code(), UserError);
  EXPECT_EQ(readCsv(write("a", ""), false, other).code(), UserError);
}

TEST_F(Formats, SafetensorsRoundTripKeepsTheMode) {
  float values[4] = {1, 2, 3, 4};
  SafeTensor tensor;
  tensor.name = "dense/kernel";
  tensor.type = "F32";
  tensor.shape = {2, 2};
  tensor.data = values;
  tensor.bytes = 16;
  std::string path = write("a", "older");
  chmod(path.c_str(), 0600);
  ASSERT_TRUE(
      writeSafetensors(path, {{"note", "\"quoted\"\n"}}, {tensor}).ok());
  SafetensorsFile file;
  Status status = file.read(path);
  ASSERT_TRUE(status.ok()) << status.message();
  ASSERT_NE(file.find("dense/kernel"), nullptr);
  EXPECT_EQ(std::memcmp(file.find("dense/kernel")->data, values, 16), 0);
  EXPECT_EQ(*file.metadata("note"), "\"quoted\"\n");
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

/// No byte can be changed or cut off unseen, and none crashes the reader.
TEST_F(Formats, SafetensorsDamagedAnywhere) {
  float values[4] = {1, 2, 3, 4};
  SafeTensor tensor;
  tensor.name = "a";
  tensor.type = "F32";
  tensor.shape = {4};
  tensor.data = values;
  tensor.bytes = 16;
  ASSERT_TRUE(writeSafetensors(folder + "/good", {}, {tensor}).ok());
  std::string good = read("good");
  for (size_t size = 0; size < good.size(); ++size) {
    SafetensorsFile file;
    EXPECT_FALSE(file.read(write("a", good.substr(0, size))).ok()) << size;
  }
  for (size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] ^= 0x10;
    SafetensorsFile file;
    // In the header a change may give another name or note, which is as good.
    bool ok = file.read(write("a", bad)).ok();
    if (at >= good.size() - 16)
      EXPECT_FALSE(ok) << at;
  }
}

TEST_F(Formats, SafetensorsRefusals) {
  auto readHeader = [&](const std::string &header, size_t data) {
    std::string text;
    for (int i = 0; i < 8; ++i)
      text += char(header.size() >> 8 * i);
    SafetensorsFile file;
    return file.read(write("a", text + header + std::string(data, '\0')))
        .message();
  };
  EXPECT_EQ(readHeader(R"({"a":{"dtype":"F32","shape":[1],)"
                       R"("data_offsets":[0,4]}})",
                       4),
            "");
  EXPECT_NE(readHeader(R"({"a":{"dtype":"F32","shape":[2],)"
                       R"("data_offsets":[0,4]}})",
                       4),
            "");
  EXPECT_NE(readHeader(R"({"a":{"dtype":"F32","shape":[1],)"
                       R"("data_offsets":[4,8]}})",
                       8),
            "");
  EXPECT_NE(readHeader(R"({"a":{"dtype":"F32","shape":[-1],)"
                       R"("data_offsets":[0,4]}})",
                       4),
            "");
  EXPECT_NE(readHeader(R"({"a":{"dtype":"X","shape":[1],)"
                       R"("data_offsets":[0,4]}})",
                       4),
            "");
  EXPECT_NE(readHeader("[1]", 0), "");
  EXPECT_NE(readHeader(std::string(100000, '['), 0), "");
}
