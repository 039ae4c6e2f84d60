boolean[] activeUnits(double[][] means) {
  boolean[] active = new boolean[means[0].length];
  for (int j = 0; j < active.length; j++) {
    int latent = j;
    active[j] = Arrays.stream(means).mapToDouble(row -> row[latent] * row[latent]).average().getAsDouble() > 0.01;
  }
  return active;
}
