float[][] hiddenMask(int[] below, int[] above) {
  return Arrays.stream(below)
      .mapToObj(b -> {
        float[] row = new float[above.length];
        IntStream.range(0, above.length).filter(k -> b <= above[k]).forEach(k -> row[k] = 1);
        return row;
      })
      .toArray(float[][]::new);
}
