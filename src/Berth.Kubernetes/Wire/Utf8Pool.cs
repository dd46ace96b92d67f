using System.Text;
using Berth.Kubernetes.Caches;

namespace Berth.Kubernetes.Wire;

/// <summary>
/// Returns one object for equal texts, by their bytes: names of nodes, zones and sets repeat thousands of times. Not safe for several
/// threads.
/// </summary>
/// <param name="make">Creates the object of a text.</param>
/// <param name="textOf">The text of an object.</param>
internal sealed class Utf8Pool<T>(Func<string, T> make, Func<T, string> textOf)
    where T : class
{
    // Longer than any name that Kubernetes allows (253). A longer text is not a name, and is not stored.
    private const int MaxTextLength = 256;

    private readonly SharedObjects<ReadOnlySpan<byte>, T> _objects = new(new ByText(textOf));

    // The pods of one slice usually have the same set, and share most other names.
    private T? _last;

    /// <summary>Returns the object of a text.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="field">The name of the field, for messages.</param>
    /// <exception cref="ResourceFormatException">It is not valid UTF-8.</exception>
    public T Get(ReadOnlySpan<byte> utf8, string field)
    {
        if (_last is { } last && Ascii.Equals(utf8, textOf(last)))
            return last;
        if (utf8.Length > MaxTextLength || !Ascii.IsValid(utf8))
            return make(Utf8Text.Read(utf8, field));
        return _last = _objects.Find(utf8) ?? _objects.Replace(make(Encoding.ASCII.GetString(utf8)));
    }

    private sealed class ByText(Func<T, string> textOf) : IEqualityComparer<T>, IAlternateEqualityComparer<ReadOnlySpan<byte>, T>
    {
        public bool Equals(T? x, T? y) => x is not null && y is not null && textOf(x) == textOf(y);

        public int GetHashCode(T obj) => (int)Utf8Text.Hash(textOf(obj));

        public bool Equals(ReadOnlySpan<byte> alternate, T other) => Ascii.Equals(alternate, textOf(other));

        public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)Utf8Text.Hash(alternate);

        public T Create(ReadOnlySpan<byte> alternate) => throw new NotSupportedException("The pool makes its objects itself.");
    }
}
