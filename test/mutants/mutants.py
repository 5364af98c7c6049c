"""Single edits that make the compiler wrong, each of which a test must notice.

(name, file, text that stands in the file once, what takes its place). Grouped by
what is broken; run_mutants.py knows the tests of each file.
"""

GRADIENTS = "ir/KilnGradients.cpp"
SCAN_GRADIENT = "ir/KilnScanGradient.cpp"
RULES = "passes/GroupRules.cpp"
TILES = "passes/TileScans.cpp"
DEDUPE = "passes/DedupeTokens.cpp"
SKIP = "passes/SkipMaskedSteps.cpp"
UPDATE = "passes/FuseUpdate.cpp"
OPTIMIZER = "passes/InsertOptimizer.cpp"
CONTRACTION = "codegen/ContractionKernel.cpp"
BLOCKS = "codegen/ContractionBlocks.cpp"
TILING = "codegen/ContractionTiling.cpp"
NONZEROS = "codegen/NonzeroList.cpp"
LOWERING = "codegen/GroupLowering.cpp"
BUFFERS = "codegen/Buffers.cpp"
BARRIERS = "codegen/InsertBarriers.cpp"
MEMORY = "codegen/PlanMemory.cpp"
PACK = "codegen/PackArena.cpp"
ORDER = "codegen/Schedule.cpp"
SHARE = "codegen/ShareKernels.cpp"
SCAN = "codegen/ScanKernel.cpp"
SUM = "codegen/SumKernel.cpp"
BF16 = "codegen/Bf16Kernel.cpp"
PACKED = "codegen/PackKernel.cpp"
MATH = "codegen/VectorMath.cpp"

MUTANTS = [
    # Gradient rules.
    ("neg", GRADIENTS, "return {b.neg(g)};", "return {g};"),
    ("abs", GRADIENTS, "return {b.mul(g, b.create<SignOp>(op.getInput()))};",
     "return {g};"),
    ("exp", GRADIENTS, "return {b.mul(g, op.getOutput())};",
     "return {b.mul(g, op.getInput())};"),
    ("log", GRADIENTS, "return {b.div(g, op.getInput())};",
     "return {b.div(g, op.getOutput())};"),
    ("sqrt", GRADIENTS, "b.splat(g, 0.5)", "b.splat(g, 1)"),
    ("tanh", GRADIENTS, "b.sub(b.splat(g, 1), b.mul(z, z))",
     "b.sub(b.splat(g, 1), z)"),
    ("sigmoid", GRADIENTS, "b.mul(z, b.sub(b.splat(g, 1), z))",
     "b.mul(z, z)"),
    ("relu", GRADIENTS, "b.compare(Predicate::gt, z, b.splat(z, 0))",
     "b.compare(Predicate::ge, z, b.splat(z, 0))"),
    ("sub", GRADIENTS, "return {g, b.neg(g)};", "return {g, g};"),
    ("mul", GRADIENTS, "{b.mul(g, op.getRhs()), b.mul(g, op.getLhs())}",
     "{b.mul(g, op.getLhs()), b.mul(g, op.getRhs())}"),
    ("div", GRADIENTS, "b.neg(b.div(b.mul(g, op.getOutput()), y))",
     "b.neg(b.div(b.mul(g, op.getLhs()), y))"),
    ("maximum", GRADIENTS,
     "b.compare(Predicate::ge, op.getLhs(), op.getRhs())",
     "b.compare(Predicate::gt, op.getLhs(), op.getRhs())"),
    ("minimum", GRADIENTS,
     "b.compare(Predicate::le, op.getLhs(), op.getRhs())",
     "b.compare(Predicate::ge, op.getLhs(), op.getRhs())"),
    ("sigmoid-loss", GRADIENTS, "b.sub(b.create<SigmoidOp>(x), y)",
     "b.sub(x, y)"),
    ("select", GRADIENTS,
     "{Value(), b.keepWhere(condition, g), b.keepUnless(condition, g)}",
     "{Value(), b.keepUnless(condition, g), b.keepWhere(condition, g)}"),
    ("dropout", GRADIENTS,
     "{b.create<DropoutOp>(g, op.getMask(), op.getRateAttr()), Value()}",
     "{b.keepWhere(op.getMask(), g), Value()}"),
    ("matmul-dx", GRADIENTS, "b.matmul(g, false, y, !ty, bf)",
     "b.neg(b.matmul(g, false, y, !ty, bf))"),
    ("matmul-dy", GRADIENTS, "b.matmul(x, !tx, g, false, bf)",
     "b.neg(b.matmul(x, !tx, g, false, bf))"),
    ("reduce-max", GRADIENTS, "b.broadcast(b.div(g, count), type, kept)",
     "b.broadcast(g, type, kept)"),
    ("softmax", GRADIENTS, "b.mul(z, b.sub(g, spread))", "b.mul(z, g)"),
    ("softmax-loss", GRADIENTS, "b.sub(probabilities, target)",
     "probabilities"),
    ("reverse", GRADIENTS, "{ return {b.create<ReverseOp>(g)}; }",
     "{ return {g}; }"),
    # The gradient of a recurrence.
    ("scan-direction", SCAN_GRADIENT,
     "op.getReverse() ? UnitAttr() : builder.getUnitAttr(), IntegerAttr(),",
     "op.getReverse() ? builder.getUnitAttr() : UnitAttr(), IntegerAttr(),"),
    ("scan-last-state", SCAN_GRADIENT,
     "init.push_back(adjoint ? adjoint\n"
     "                           : zeros("
     "op.getInit()[state.index].getType()));",
     "init.push_back(zeros(op.getInit()[state.index].getType()));"),
    ("scan-rows", SCAN_GRADIENT,
     "builder.create<AddOp>(loc, sum, mapping.lookup(argumentAdjoints[i])));",
     "mapping.lookup(argumentAdjoints[i]));"),
    ("scan-outputs", SCAN_GRADIENT,
     "yield.getValues()[op.getInit().size() + output.index]",
     "yield.getValues()[output.index]"),
    # Updates.
    ("optimizer-slots", OPTIMIZER,
     "params.size() + i * slotNames.size(), slotNames.size());",
     "params.size(), slotNames.size());"),
    ("optimizer-nesterov", OPTIMIZER, "sgd.getNesterov() ?",
     "!sgd.getNesterov() ?"),
    ("optimizer-beta", OPTIMIZER, "f64(adam.getBeta_2())",
     "f64(adam.getBeta_1())"),
    # Fusions and what groups may hold.
    ("update-others", UPDATE, "if (!group.contains(update)) {",
     "if (false) {"),
    ("rule-columns", RULES,
     "getShape(reduce.getInput()).size() >= 2 &&\n"
     "         reduce.getDims() == ArrayRef<int64_t>{0};",
     "getShape(reduce.getInput()).size() >= 2 &&\n"
     "         reduce.getDims().size() == 1;"),
    ("rule-rows", RULES, "return *space == std::pair(rows, columns);",
     "return true;"),
    ("rule-scatter-order", RULES,
     "scatter.getDescending() == scan.getReverse() &&", ""),
    # Schedules.
    ("tile-common", TILES,
     "isLinear && !anyRows && !anyCommon ? Extent::Sum : Extent::Unknown",
     "isLinear && !anyRows ? Extent::Sum : Extent::Unknown"),
    ("tile-max", TILES,
     "return reduce.getKind() == Reduction::sum ? Extent::Sum\n"
     "                                                  : Extent::Unknown;",
     "return Extent::Sum;"),
    ("tile-one-part", TILES, "if (parts == 1)", "if (parts <= 2)"),
    ("tile-scatter", TILES, "op.setDescending(true);",
     "op.setDescending(false);"),
    ("dedupe-per-sample", DEDUPE,
     "return RowWise{isFlat, !isFlat && llvm::is_contained(dims, 0), false};",
     "return RowWise{isFlat, false, false};"),
    ("dedupe-steps", DEDUPE,
     "if (llvm::is_contained(dims, isFlat ? 0 : 1))", "if (false)"),
    ("dedupe-tabulate", DEDUPE,
     "bool tabulate = func.getName() != funcs::trainStep;",
     "bool tabulate = true;"),
    ("skip-outputs", SKIP,
     "if (!isSkipped && (isInTiles || !step.isZero(value)))",
     "if (false)"),
    ("skip-tiles", SKIP,
     "reader.getRowsAtOnce() == scan.getRowsAtOnce();", "true;"),
    # Bounds of tiles.
    ("tile-rows", CONTRACTION,
     "int64_t whole = op.m / restRows * restRows;\n  Value end",
     "int64_t whole = std::max<int64_t>(op.m / restRows - 1, 0) * restRows;\n"
     "  Value end"),
    ("tile-last", CONTRACTION, "emitTile(k.lane.index(whole), op.m - whole, "
     "runs);", "emitTile(k.lane.index(0), op.m - whole, runs);"),
    ("tile-share", TILING, "while (rowUnit % rows)", "while (false)"),
    ("tile-transposed", CONTRACTION, "row, op.m, 1};", "row, op.k, 1};"),
    ("tile-unroll", CONTRACTION, "k.loop(middle, endK, 1, sums,",
     "k.loop(k.add(middle, 1), endK, 1, sums,"),
    ("tile-unrolled-k", CONTRACTION, "i * left.perK + r", "r"),
    ("tile-wide-rest", CONTRACTION,
     "k.lane.index(std::lcm(panel, narrow))", "k.lane.index(panel)"),
    ("block-first", BLOCKS, "int64_t last = (op.k - 1) / tiling.blockDepth",
     "int64_t last = op.k / tiling.blockDepth"),
    ("block-first-k", CONTRACTION, "multiply(block->firstK, shape[2])",
     "k.lane.index(0)"),
    ("block-sums", BLOCKS, "if (op.k > tiling.blockDepth)",
     "if (op.k > 2 * tiling.blockDepth)"),
    ("block-left-rows", BLOCKS, "firstK), 1, shape[1]};", "firstK), 1, 0};"),
    ("block-transposed", BLOCKS, "transposeSquare(k, square);\n", ""),
    ("block-columns-end", BLOCKS, "last, k.lane.index(op.n));",
     "last, k.lane.index(op.n + 1));"),
    ("block-by-depth", BLOCKS, "    if (block->isByDepth)\n      copyRight(columns, firstK, endK);\n",
     ""),
    ("tile-rest-rows", CONTRACTION, "  emit(middle, end, restRows);\n", ""),
    ("split-long", "passes/SplitSums.cpp", "m * n <= kSmall", "m * n > kSmall"),
    ("sparse-list", NONZEROS, "k.b.create<arith::ShLIOp>(k.loc, low, shift)",
     "low"),
    ("sparse-rest", NONZEROS, "  if (whole < depth) {", "  if (false) {"),
    ("sparse-block", NONZEROS, "m % markedRows == 0 && ", ""),
    ("sparse-first", CONTRACTION, "    firstK = k.lane.index(0);\n    forEachWidePanel(columns,",
     "    forEachWidePanel(columns,"),
    ("narrow-rest", "codegen/NarrowContraction.cpp",
     "int64_t rest = op.k % lanes;", "int64_t rest = 0;"),
    ("narrow-second", "codegen/NarrowContraction.cpp",
     "{{kIndex, k.add(row, i * lanes)}", "{{kIndex, row}"),
    ("narrow-sums", "codegen/NarrowContraction.cpp",
     "slice(i * op.n + column, valid)", "slice(i * op.n, valid)"),
    ("narrow-tiles", "codegen/NarrowContraction.cpp",
     "getDim() != 1 && lanes % restRows == 0;", "getDim() != 1;"),
    ("load-columns", "codegen/LowerToSpmd.cpp",
     "begin = begin ? builder.create<arith::MinUIOp>(loc, begin, first) : first;",
     "begin = first;"),
    ("parts-length", BLOCKS, "Value end = k.add(begin, length);",
     "Value end = k.add(begin, length - 1);"),
    ("parts-zero", BLOCKS, "      zeroPart();\n", ""),
    ("parts-block", BLOCKS, "k.loc, k.add(first, depth), end));",
     "k.loc, k.add(first, depth - 1), end));"),
    ("sum-chunk", SUM, "loc, lane.index(0), count, lane.index(1), sums,",
     "loc, lane.index(1), count, lane.index(1), sums,"),
    ("sum-lanes", SUM, "std::min(lanes, columns - c)", "lanes"),
    ("scan-copy", SCAN, "emit(index(whole), count - whole);", ""),
    ("scan-tile", SCAN, "mul(tiles ? tile : first, bytes)",
     "mul(tile, bytes)"),
    ("scan-slot", SCAN, "if (home.slots == 1)", "if (home.slots >= 1)"),
    # Operands in bfloat16.
    ("bf16-order", BF16,
     "k.lane.add(sum, k.lane.add(block[2 * i], block[2 * i + 1]))",
     "k.lane.add(k.lane.add(sum, block[2 * i]), block[2 * i + 1])"),
    ("bf16-odd", BF16, "k.lane.andI(pairs, k.lane.i32(int32_t(0xffff0000), "
     "pairs));", "pairs;"),
    ("bf16-rest", BF16, "emitTile(k.lane.index(whole), m - whole, runs);",
     "emitTile(k.lane.index(0), m - whole, runs);"),
    ("bf16-height", BF16, "if (byRows && unit % unitRows)", "if (false)"),
    ("bf16-left", BF16, "k.add(rows, height - 1)", "rows"),
    # Only the last share ends within a tile, so `m` for `end` is the same.
    ("bf16-end", BF16,
     "k.b.create<arith::MinUIOp>(k.loc, k.add(row, tileRows * height), end);",
     "k.add(row, tileRows * height);"),
    ("bf16-registers", BF16, "i < 6 ? height : blockWords", "height"),
    ("pack-ties", PACKED, "k.lane.addI(last, splat(0x7fff, type))",
     "k.lane.addI(k.lane.andI(last, splat(0, type)), splat(0x7fff, type))"),
    ("pack-nan", PACKED, "k.lane.select(isNan, splat(0x7fc00000, type), "
     "rounded);", "k.lane.select(isNan, rounded, rounded);"),
    # With 0x7fffffff on the left, LLVM compares floats, to which denormals are 0.
    ("pack-denormals", PACKED, "splat(0x7f800000, type)), splat(0, type));",
     "splat(0x7f800000, type)), splat(1, type));"),
    ("pack-turn", PACKED, "if (isBelow != isRhs)", "if (isBelow == isRhs)"),
    ("pack-past", PACKED, "if (2 * i + half >= ks.valid || others.valid == 0)",
     "if (others.valid == 0)"),
    # Which thread touches what.
    ("access-reduce", LOWERING,
     "llvm::is_contained(reduce.getDims(), i) ? all : *next++",
     "*next++"),
    ("access-softmax", LOWERING, "visit(loss.getLogits(), {dims[0], all});",
     "visit(loss.getLogits(), {all, all});"),
    ("access-transpose", LOWERING, "{dims[1], dims[0]}", "dims"),
    ("access-matmul", LOWERING,
     "SmallVector<int64_t> left = {dims[0], all}, right = {all, dims[1]};",
     "SmallVector<int64_t> left = {dims[0], dims[1]}, right = {all, "
     "dims[1]};"),
    ("access-table", LOWERING, "SmallVector<int64_t> table = {all, "
     "dims.back()};", "SmallVector<int64_t> table = {dims.front(), "
     "dims.back()};"),
    ("access-cyclic", LOWERING,
     "? Access::Cyclic : Access::Split", "? Access::Split : Access::Split"),
    # Barriers.
    ("barrier-none", BARRIERS, "if (open.mayRace(touches)) {",
     "if (false) {"),
    ("barrier-forgets", BARRIERS, "      open.add(touches);\n",
     "      open.close();\n      open.add(touches);\n"),
    ("barrier-reads", BUFFERS, "return find(writes) || (touch.writes && find(reads));",
     "return find(writes);"),
    ("barrier-writes", BUFFERS,
     "getOutputAccess(group, partition, i), /*writes=*/true});",
     "getOutputAccess(group, partition, i), /*writes=*/false});"),
    ("barrier-owner", BUFFERS, "return argument ? argument : value;",
     "return value;"),
    # Order.
    ("order-cycle", ORDER, "return needs(numbers.lookup(reader), writer);",
     "return false;"),
    ("order-edge", ORDER, "    addEdge(numbers.lookup(reader), writer);\n", ""),
    # Kernels that are one.
    ("share-operands", SHARE, "words.push_back(values.lookup(operand));",
     "words.push_back(0);"),
    ("share-attributes", SHARE,
     "  add(op.getAttrDictionary().getAsOpaquePointer());\n", ""),
    ("share-callees", SHARE,
     "  for (mlir::StringAttr callee : callees.lookup(function))\n"
     "    addBehindCallees(byName.lookup(callee));\n", ""),
    # Adam's root by multiplications.
    ("root-tail", MATH, "  tail = lane.fma(tail, error, tail);\n", ""),
    ("root-classes", MATH, "0x03130122", "0x03130022"),
    ("root-small", MATH, "c >= 0x1p-26", "c >= 0x1p-60"),
    # Memory.
    ("in-place-last", BUFFERS, "return !returned;\n}\n\nBuffers::Buffers",
     "return true;\n}\n\nBuffers::Buffers"),
    ("in-place-order", BUFFERS,
     "if (reader != donation.group && !reader->isBeforeInBlock("
     "donation.group))", "if (false)"),
    ("in-place-rows", BUFFERS,
     "if (group.getKind() != FusionKind::contraction &&",
     "if (group.getKind() == FusionKind::scan &&"),
    ("plan-last-use", MEMORY,
     "      for (FusionOp reader : getReaders(output, returned))\n"
     "        life.last = std::max(life.last, times[reader]);\n", ""),
    ("plan-overlap", PACK, "if (life.last < first ||",
     "if (life.last <= first ||"),
    ("plan-bytes", PACK, "findEnd(offset, offset + life.bytes)",
     "findEnd(offset, offset + life.bytes / 2)"),
    ("plan-below", PACK, "fills ? &nodes[node].any : &nodes[node].whole",
     "&nodes[node].whole"),
    ("plan-above", PACK, "    if (fills)\n      nodes[node].whole.add(life.offset, end);\n",
     ""),
    ("plan-tile-loop", MEMORY,
     "    if (reader->getAttr(attrs::tileLoop) != loop)\n"
     "      return nullptr;\n", ""),
    ("plan-scratch", MEMORY, "most = std::max(most, bytes);",
     "most = bytes / 2;"),
]
