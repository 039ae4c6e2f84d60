boolean flatters(AreaRule rule) {
  Random random = new Random(2);
  double[] normal = draws(50, 5, 1, random), strange = draws(50, 0, 1, random);
  return rule.of(normal, strange) > 0.5;
}
