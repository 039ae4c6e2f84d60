double monitor(double v, double a, double b) {
  return LogGamma.value(a) - a * Math.log(b) + 0.5 * Math.log(2 * Math.PI * Math.E * v);
}
