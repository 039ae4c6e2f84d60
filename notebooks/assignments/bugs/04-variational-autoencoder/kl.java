double kl(double[] m, double[] s, double[] M, double[] S) {
  double kl = 0;
  for (int j = 0; j < m.length; j++) {
    double d = m[j] - M[j];
    kl += 0.5 * (Math.log(S[j] / s[j]) + (s[j] * s[j] + d * d) / (S[j] * S[j]) - 1);
  }
  return kl;
}
