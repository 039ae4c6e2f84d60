boolean isWrongWidth(BiFunction<double[][], Integer, Double> width) {
  // Integrate the other coordinate of a plane numerically.
  double[][] h = {{3, -1.5}, {-1.5, 2}};
  double mass = 0, square = 0;
  for (double x = -12; x <= 12; x += 0.05) {
    for (double y = -12; y <= 12; y += 0.05) {
      double density = Math.exp(-0.5 * (h[0][0] * x * x + 2 * h[0][1] * x * y + h[1][1] * y * y));
      mass += density;
      square += density * x * x;
    }
  }
  return !(Math.abs(width.apply(h, 0) - 1.96 * Math.sqrt(square / mass)) < 1e-6);
}
