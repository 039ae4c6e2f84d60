double[] expectedKept(int D, int H) {
  return new double[] {H * (D - 1) / 2.0, H * (D + 1) / 2.0, D * (D - 1.0) / 2};
}
