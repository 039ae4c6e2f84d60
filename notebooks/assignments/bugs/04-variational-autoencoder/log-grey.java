double logGrey(double x, double a) {
  return suspectGrey(x, a);
}
