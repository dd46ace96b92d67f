namespace Berth.TestKit;

/// <summary>The files of this checkout that are not code: manifests, documents, scripts.</summary>
public static class Checkout
{
    public static string Root { get; } = Find();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Berth.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException(
            $"No Berth.slnx is above {AppContext.BaseDirectory}. Run the tests from a checkout.");
    }
}
