boolean isWrongSoftmax(UnaryOperator<double[]> softmax) {
  // By what must hold: a sum of 1, the ratios, no change when all logarithms move, and the argument kept.
  Random random = new Random(3);
  for (int trial = 0; trial < 200; trial++) {
    double[] log = random.doubles(1 + trial % 5, -900, 900).toArray(), kept = log.clone();
    double[] near = Arrays.stream(log).map(a -> a / 300).toArray();
    double[] r = softmax.apply(log), s = softmax.apply(near.clone());
    if (!Arrays.equals(log, kept) || r.length != log.length || !(Math.abs(Arrays.stream(r).sum() - 1) < 1e-9)) {
      return true;
    }
    for (int k = 0; k < s.length; k++) {
      if (!(s[k] >= 0) || !(Math.abs(Math.log(s[k] / s[0]) - (near[k] - near[0])) < 1e-9)) {
        return true;
      }
    }
  }
  return false;
}
