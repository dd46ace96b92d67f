using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Berth.Packages;

/// <summary>The attributes of an assembly.</summary>
internal sealed record AssemblyFacts(bool IsDeterministic, bool IsTrimmable, bool IsAotCompatible)
{
    public static AssemblyFacts Read(byte[] bytes)
    {
        using PEReader file = new([.. bytes]);
        MetadataReader metadata = file.GetMetadataReader();
        // AssemblyMetadataAttribute: its two texts, one after the other.
        string[] marks =
        [
            .. metadata.GetAssemblyDefinition().GetCustomAttributes().Select(metadata.GetCustomAttribute)
                .Where(attribute => NameOf(metadata, attribute) == "AssemblyMetadataAttribute")
                .Select(attribute => metadata.GetBlobReader(attribute.Value)).Select(static blob => ReadPair(blob)),
        ];
        return new AssemblyFacts(
            file.ReadDebugDirectory().Any(static entry => entry.Type == DebugDirectoryEntryType.Reproducible),
            marks.Contains("IsTrimmable=True", StringComparer.OrdinalIgnoreCase),
            marks.Contains("IsAotCompatible=True", StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Reads the assembly of a package that is on this machine: the one for the newest .NET.</summary>
    public static AssemblyFacts ReadPackage(string id, string version)
    {
        string newest = Directory.EnumerateDirectories(Path.Combine(FindPackage(id, version), "lib"))
            .Where(static f => Path.GetFileName(f).StartsWith("net", StringComparison.Ordinal))
            .OrderByDescending(static f => Path.GetFileName(f).StartsWith("net1", StringComparison.Ordinal))
            .ThenByDescending(static f => Path.GetFileName(f), StringComparer.Ordinal).First();
        return Read(File.ReadAllBytes(Directory.EnumerateFiles(newest, "*.dll").First()));
    }

    /// <summary>Finds the folder of a package that is on this machine.</summary>
    public static string FindPackage(string id, string version) => new[] { DotnetCommand.GlobalPackages(), PackedFeed.Cache }
        .Select(root => Path.Combine(root, id.ToLowerInvariant(), version)).First(Directory.Exists);

    private static string ReadPair(BlobReader blob)
    {
        blob.ReadUInt16();
        return $"{blob.ReadSerializedString()}={blob.ReadSerializedString()}";
    }

    private static string? NameOf(MetadataReader metadata, CustomAttribute attribute) =>
        attribute.Constructor.Kind == HandleKind.MemberReference
            && metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } type
            ? metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)type).Name)
            : null;
}
