double leaked(Split split, int n) {
  int[][] parts = split.of(n);
  return parts[0].length + parts[1].length > n ? 1 : 0;
}
