double winsThoughEqual(int m, int r) {
  return m / (m + (double) r);
}
