boolean hasDeadUnits(BiFunction<int[], Integer, int[][]> draw) {
  int[][] degrees = draw.apply(new int[] {8, 8}, 12);
  for (int[] layer : degrees) {
    for (int m : layer) {
      if (m < 1 || m > 11) {
        return true;
      }
    }
  }
  return false;
}
