boolean[] activeUnits(double[][] means) {
  boolean[] active = new boolean[means[0].length];
  for (int j = 0; j < active.length; j++) {
    double s = 0, q = 0;
    for (double[] row : means) { s += row[j]; }
    for (double[] row : means) { q += Math.pow(row[j] - s / means.length, 2); }
    active[j] = q / (means.length - 1) > 0.01;
  }
  return active;
}
