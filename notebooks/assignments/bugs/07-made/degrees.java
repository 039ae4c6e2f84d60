int[][] degrees(int[] widths, int D, long seed) {
  SplittableRandom random = new SplittableRandom(seed);
  int[][] degrees = new int[widths.length][];
  int lowest = 1;
  for (int l = 0; l < widths.length; l++) {
    degrees[l] = random.ints(widths[l], lowest, Math.max(lowest, widths[l] - 2) + 1).toArray();
    lowest = Arrays.stream(degrees[l]).min().getAsInt();
  }
  return degrees;
}
