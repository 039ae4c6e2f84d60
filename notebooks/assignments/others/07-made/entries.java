long entries(int D) {
  long pairs = 0;
  for (int d = 1; d < D; d++) {
    pairs += d;
  }
  return pairs;
}
