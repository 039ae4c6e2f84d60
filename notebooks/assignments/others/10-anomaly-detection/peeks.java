boolean peeks(Report report) {
  double[] held = {0.1, 0.9, 0.4, 0.7, 0.2, 0.3, 0.8, 0.5, 0.6, 1.0};
  Random random = new Random(11);
  double before = Double.NaN;
  for (int trial = 0; trial < 30; trial++) {
    double[] test = draws(25, 0.5, 1, random);
    boolean[] strange = new boolean[25];
    int odd = 1 + random.nextInt(23);
    for (int i = 0; i < odd; i++) {
      strange[i] = true;
    }
    double now = report.threshold(held.clone(), test, strange);
    if (trial > 0 && now != before) {
      return true;
    }
    before = now;
  }
  return false;
}
