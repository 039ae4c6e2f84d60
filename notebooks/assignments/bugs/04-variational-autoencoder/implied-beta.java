double impliedBeta(Loss loss, int D) {
  double[] fair = new double[D], zero = {0}, one = {1};
  return 2 * (loss.of(fair, fair, one, zero) - loss.of(fair, fair, zero, zero));
}
