//===- Image.cpp - Pictures to predict ------------------------------------===//
//
// Part of kiln, under the Apache License v2.0 with LLVM Exceptions.
//
//===----------------------------------------------------------------------===//

#include "runtime/Image.h"

#include <cstdio>
#include <cstring>
#include <png.h>

namespace kiln::rt {

Status readPng(const std::string &path, const std::vector<int64_t> &shape,
               Array &array) {
  std::vector<int64_t> size;
  for (int64_t extent : shape)
    if (extent != 1)
      size.push_back(extent);
  if (size.size() != 2)
    return userError("%s: a picture has two dimensions, the model expects %s",
                     path.c_str(), showShape(shape).c_str());
  FILE *file = std::fopen(path.c_str(), "rbe");
  if (!file)
    return systemError("opening", path);
  png_image image;
  std::memset(&image, 0, sizeof(image));
  image.version = PNG_IMAGE_VERSION;
  Status status;
  if (!png_image_begin_read_from_stdio(&image, file)) {
    status = userError("%s: not a PNG file: %s", path.c_str(), image.message);
  } else if (image.height != size[0] || image.width != size[1]) {
    status = userError("%s: expected a picture of %lld x %lld (width x "
                       "height), got %u x %u",
                       path.c_str(), (long long)size[1], (long long)size[0],
                       image.width, image.height);
  } else {
    array.file = path;
    array.element = Element::U8;
    array.shape = {1, size[0], size[1]};
    image.format = PNG_FORMAT_GRAY;
    png_color black = {0, 0, 0};
    if (!array.memory.allocate(size_t(size[0] * size[1])))
      status = systemError("allocating memory", path);
    else if (!png_image_finish_read(&image, &black, array.memory.data(), 0,
                                    nullptr))
      status =
          userError("%s: damaged PNG file: %s", path.c_str(), image.message);
  }
  png_image_free(&image);
  std::fclose(file);
  return status;
}

} // namespace kiln::rt
