import java.io.FileInputStream;

/// Splits lines out of blocks of 1 MiB, and does nothing with them but count: a lower bound.
public class SplitLines {
  public static void main(String[] args) throws Exception {
    byte[] block = new byte[1 << 20];
    long lines = 0;
    try (var in = new FileInputStream(args[0])) {
      for (int n = in.read(block); n > 0; n = in.read(block)) {
        for (int i = 0; i < n; i++) {
          if (block[i] == '\n') {
            lines++;
          }
        }
      }
    }
    System.out.println(lines);
  }
}
