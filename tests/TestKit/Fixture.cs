namespace Berth.TestKit;

/// <summary>The recordings of a Kubernetes 1.36 API server.</summary>
public static class Fixture
{
    /// <summary>Their folder in the test's output.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Fixtures", "kubernetes-1.36");

    /// <summary>A recorded body as bytes, such as <c>watch-life.jsonl</c>.</summary>
    public static byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(Folder, file));

    /// <summary>A recorded body as text.</summary>
    public static string Text(string file) => File.ReadAllText(Path.Combine(Folder, file));

    /// <summary>The HTTP status of a recording.</summary>
    public static int Status(string name) =>
        int.Parse(Text(name + ".headers").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
}
