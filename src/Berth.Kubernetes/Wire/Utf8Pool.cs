using System.Text;
using Berth.Kubernetes.Caches;

namespace Berth.Kubernetes.Wire;

/// <summary>
/// Gives one object for equal texts, found by their bytes as they came: names of nodes, zones and sets repeat by the thousand. Not safe for
/// several threads.
/// </summary>
/// <param name="make">Makes the object of a text.</param>
/// <param name="textOf">The text of an object.</param>
internal sealed class Utf8Pool<T>(Func<string, T> make, Func<T, string> textOf)
    where T : class
{
    // Longer than any name Kubernetes allows (253). A longer text is no name and not worth keeping.
    private const int MaxTextLength = 256;

    private readonly DirectMappedCache<T> _cache = new(value => Utf8Text.Hash(textOf(value)));

    // The pods of one slice have one set, and most of their other names in common.
    private T? _last;

    /// <summary>The object of a text.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="field">The field that holds it, for the message.</param>
    /// <exception cref="ResourceFormatException">It is not valid UTF-8.</exception>
    public T Get(ReadOnlySpan<byte> utf8, string field)
    {
        if (_last is { } last && Ascii.Equals(utf8, textOf(last)))
            return last;
        if (utf8.Length > MaxTextLength || !Ascii.IsValid(utf8))
            return make(Utf8Text.Read(utf8, field));
        uint hash = Utf8Text.Hash(utf8);
        return _last = _cache.Find(hash) is { } known && Ascii.Equals(utf8, textOf(known))
            ? known
            : _cache.Add(hash, make(Encoding.ASCII.GetString(utf8)));
    }
}
