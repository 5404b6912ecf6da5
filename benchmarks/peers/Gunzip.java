import java.io.FileInputStream;
import java.util.zip.GZIPInputStream;

/// Decompresses and does nothing else: a lower bound.
public class Gunzip {
  public static void main(String[] args) throws Exception {
    byte[] block = new byte[1 << 18];
    long bytes = 0;
    try (var in = new GZIPInputStream(new FileInputStream(args[0]), 1 << 16)) {
      for (int n = in.read(block); n > 0; n = in.read(block)) {
        bytes += n;
      }
    }
    System.out.println(bytes);
  }
}
