boolean isNoMean(Bits bits) {
  Random random = new Random(3);
  double unit = bits.of(new int[] {1}, 4);
  if (!(unit > 0)) {
    return true;
  }
  for (int trial = 0; trial < 50; trial++) {
    int[] wrong = random.ints(1 + random.nextInt(12), 0, 9).toArray();
    double mean = Arrays.stream(wrong).average().getAsDouble();
    if (!(Math.abs(bits.of(wrong.clone(), 4) / unit - mean) < 1e-9)) {
      return true;
    }
  }
  return false;
}
