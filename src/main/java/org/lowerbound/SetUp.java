package org.lowerbound;

import java.util.List;
import java.util.Locale;
import org.lowerbound.plot.Html;

/**
 * What the notebook runs on.
 *
 * @param library the version of this library
 * @param java the version of Java and its maker
 * @param backend the version of ND4J, its backend and its native build
 * @param device the processor or GPU that computes
 * @param threads the OpenMP threads of an operation
 * @param memory the limits of the Java heap and of native memory
 * @param size how much work the chapters do
 * @param data where data is read from, then one notice for each data set that says something
 */
public record SetUp(
    String library,
    String java,
    String backend,
    String device,
    String threads,
    String memory,
    Size size,
    List<String> data)
    implements Html {

  public SetUp {
    data = List.copyOf(data);
  }

  private String[][] rows() {
    return new String[][] {
      {"Lowerbound", library},
      {"Java", java},
      {"ND4J", backend},
      {"device", device},
      {"threads", threads},
      {"memory", memory},
      {"size", size.toString()},
    };
  }

  /** One line for each fact. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String[] row : rows()) {
      text.append(String.format(Locale.ROOT, "%-11s %s%n", row[0], row[1]));
    }
    for (int i = 0; i < data.size(); i++) {
      text.append(String.format(Locale.ROOT, "%-11s %s%n", i == 0 ? "data" : "", data.get(i)));
    }
    return text.toString().stripTrailing();
  }

  @Override
  public String toHtml() {
    return "<pre style=\"color:inherit\">" + Html.escape(toString()) + "</pre>";
  }

  /** An amount of memory. */
  static String bytes(long count) {
    if (count <= 0 || count == Long.MAX_VALUE) {
      return "unlimited";
    }
    double mebibytes = count / 1048576.0;
    return mebibytes < 1024
        ? Math.round(mebibytes) + " MiB"
        : Math.round(mebibytes / 102.4) / 10.0 + " GiB";
  }
}
