namespace Berth.Packages;

/// <summary>A project of this folder with packages in place of references. Nothing of the checkout reaches it.</summary>
internal static class FreshProject
{
    /// <summary>Makes a folder for projects.</summary>
    public static string CreateFolder(PackedFeed feed, string name)
    {
        string folder = feed.CreateFolder(name);
        foreach (string file in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
            File.WriteAllText(Path.Combine(folder, file), "<Project />");
        return folder;
    }

    /// <summary>Writes a project to a folder of its own in another one, and returns that folder.</summary>
    public static string Write(string folder, string name, IEnumerable<Package> packages)
    {
        string own = Path.Combine(folder, name);
        Directory.CreateDirectory(own);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, name)))
            File.Copy(file, Path.Combine(own, Path.GetFileName(file)));
        IEnumerable<string> references = packages.Select(static package =>
            $"""<PackageReference Include="{package.Id}" Version="{package.Value("version")}" />""");
        File.WriteAllText(Path.Combine(own, "packages.props"), $"<Project><ItemGroup>{string.Concat(references)}</ItemGroup></Project>");
        return own;
    }
}
