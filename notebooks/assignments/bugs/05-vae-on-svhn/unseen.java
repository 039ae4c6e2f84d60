int unseen(Pass pass, int n, int epochs, int piece) {
  return n - Math.min(n, epochs * pass.of(n, 1, piece).length);
}
