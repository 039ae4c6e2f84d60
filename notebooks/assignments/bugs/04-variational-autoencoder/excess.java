double excess(double s) {
  double v = s * s / (1 + s * s);
  return (v - v * v) / (2 * s * s);
}
