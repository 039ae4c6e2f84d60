double bitsAStep(int[] wrong, int length) {
  return suspectBits(wrong, length);
}
