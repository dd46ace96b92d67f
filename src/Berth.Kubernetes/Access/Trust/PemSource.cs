using System.Text;
using Berth.Kubernetes.Access.Files;

namespace Berth.Kubernetes.Access.Trust;

/// <summary>The source of a PEM text: a file, which may change while we run, or base64 in a kubeconfig, which does not.</summary>
internal sealed class PemSource
{
    private readonly string? _path;
    private readonly string? _text;
    private readonly string _what;

    private PemSource(string? path, string? text, string what, string name)
    {
        _path = path;
        _text = text;
        _what = what;
        Name = name;
    }

    /// <summary>Its name in messages: its path, or its key.</summary>
    internal string Name { get; }

    internal bool CanChange => _path is not null;

    internal static PemSource FromFile(string path, string what) => new(path, null, what, path);

    internal static PemSource FromText(string text, string name) => new(null, text, name, name);

    /// <summary>Decodes the value of a <c>…-data</c> key.</summary>
    /// <exception cref="ClusterAccessException">It is not base64.</exception>
    internal static PemSource FromBase64(string base64, string name)
    {
        try
        {
            return FromText(Encoding.UTF8.GetString(Convert.FromBase64String(base64)), name);
        }
        catch (FormatException)
        {
            // No inner exception, because it may reveal a key.
            throw new ClusterAccessException($"{name} is not valid base64. Write the base64 of a PEM file there, "
                + "or name the file itself (the same key without -data).");
        }
    }

    /// <summary>Returns the current PEM text.</summary>
    /// <exception cref="ClusterAccessException">The file cannot be read.</exception>
    internal string Read() => _text ?? Encoding.UTF8.GetString(FileReading.Read(_path!, _what));

    public override string ToString() => Name;
}
