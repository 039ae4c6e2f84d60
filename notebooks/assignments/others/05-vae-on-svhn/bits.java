double bitsPerDimension(double nats, int D, double c) {
  double perDimension = -nats / D;
  return perDimension / Math.log(2) + Math.log(c) / Math.log(2);
}
