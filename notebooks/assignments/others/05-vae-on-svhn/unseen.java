int unseen(Pass pass, int n, int epochs, int piece) {
  Set<Integer> seen = new HashSet<>();
  IntStream.rangeClosed(1, epochs).forEach(e -> Arrays.stream(pass.of(n, e, piece)).forEach(seen::add));
  return n - seen.size();
}
