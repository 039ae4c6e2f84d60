boolean hasMaximum(double[][] wins) {
  for (int i = 0; i < wins.length; i++) {   // everyone has won and lost
    double won = 0, lost = 0;
    for (int j = 0; j < wins.length; j++) {
      won += wins[i][j];
      lost += wins[j][i];
    }
    if (won == 0 || lost == 0) {
      return false;
    }
  }
  return true;
}
