boolean isWrongKl(LevelKl kl) {
  return kl.of(new double[] {1}, new double[] {0.5}, new double[] {1}, new double[] {0.5}) != 0;
}
