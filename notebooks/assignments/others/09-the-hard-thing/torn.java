int torn(int[] family, boolean[] inTest) {
  Map<Integer, Integer> sides = new HashMap<>();
  for (int i = 0; i < family.length; i++) {
    sides.merge(family[i], inTest[i] ? 1 : 2, (a, b) -> a | b);
  }
  return (int) sides.values().stream().filter(s -> s == 3).count();
}
