namespace Berth.TestKit;

/// <summary>A file of one test, deleted when the test ends.</summary>
public sealed class TestFile : IDisposable
{
    /// <summary>Writes a file with the given text under a new name.</summary>
    public TestFile(string text = "")
    {
        Path = System.IO.Path.GetTempFileName();
        File.WriteAllText(Path, text);
    }

    public string Path { get; }

    public void Dispose() => File.Delete(Path);
}
