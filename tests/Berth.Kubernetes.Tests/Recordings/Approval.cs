namespace Berth.Kubernetes.Recordings;

/// <summary>Compares a text with the one that people have read and approved.</summary>
internal static class Approval
{
    private const string Folder = "tests/Berth.Kubernetes.Tests/Recordings/Approved";

    /// <summary>Fails when the text differs, after it has written the text and the command that approves it.</summary>
    public static void Check(string name, string text)
    {
        string approved = Path.Combine(AppContext.BaseDirectory, "Recordings", "Approved", name + ".txt");
        string? expected = File.Exists(approved) ? File.ReadAllText(approved).ReplaceLineEndings("\n") : null;
        if (expected == text)
            return;
        string root = Checkout.Root;
        string received = Path.Combine(root, "artifacts", "received", name + ".received.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(received)!);
        File.WriteAllText(received, text);
        Assert.Fail(
            $"{(expected is null ? "Nothing is approved yet" : $"This is not what was approved: {FirstDifference(expected, text)}")}\n" +
            $"If it is right, approve it, in {root}:\n  cp artifacts/received/{name}.received.txt {Folder}/{name}.txt");
    }

    private static string FirstDifference(string expected, string text)
    {
        string[] before = expected.Split('\n');
        string[] now = text.Split('\n');
        int line = 0;
        while (line < Math.Min(before.Length, now.Length) && before[line] == now[line])
            line++;
        return $"line {line + 1} was '{before.ElementAtOrDefault(line)}' and is '{now.ElementAtOrDefault(line)}'.";
    }
}
