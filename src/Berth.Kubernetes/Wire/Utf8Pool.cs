using System.Text;

namespace Berth.Kubernetes.Wire;

/// <summary>
/// Gives one object for equal texts, found by their bytes as they came: names of nodes, zones and sets repeat by the thousand. Each text
/// has one place, and the later of two for one place wins: then something is kept twice, and nothing ever grows without end or has to be
/// searched.
/// </summary>
/// <param name="make">Makes the object of a text.</param>
/// <param name="textOf">The text of an object.</param>
internal sealed class Utf8Pool<T>(Func<string, T> make, Func<T, string> textOf)
    where T : class
{
    // Some times the nodes of the largest clusters.
    private const int MaxLength = 16_384;

    // Longer than any name Kubernetes allows (253); what is longer is no name and not worth keeping.
    private const int MaxTextLength = 256;

    private T?[] _places = new T?[64];
    private int _made;
    private T? _last;

    /// <summary>The object of a text.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="field">What it stands in, for the message.</param>
    /// <exception cref="ResourceFormatException">It is not valid UTF-8.</exception>
    public T Get(ReadOnlySpan<byte> utf8, string field)
    {
        if (_last is { } last && Ascii.Equals(utf8, textOf(last)))
            return last;
        if (utf8.Length > MaxTextLength || !Ascii.IsValid(utf8))
            return make(Utf8Text.Read(utf8, field));
        ref T? place = ref _places[(int)(Utf8Text.Hash(utf8) & (uint)(_places.Length - 1))];
        if (place is not null && Ascii.Equals(utf8, textOf(place)))
            return _last = place;
        return _last = Put(utf8, ref place);
    }

    private T Put(ReadOnlySpan<byte> utf8, ref T? place)
    {
        T made = make(Encoding.ASCII.GetString(utf8));
        place = made;
        if (++_made > _places.Length / 2 && _places.Length < MaxLength)
            Grow();
        return made;
    }

    private void Grow()
    {
        T?[] before = _places;
        _places = new T?[before.Length * 4];
        _made = 0;
        foreach (T? kept in before)
        {
            if (kept is null)
                continue;
            _places[(int)(Utf8Text.Hash(Encoding.ASCII.GetBytes(textOf(kept))) & (uint)(_places.Length - 1))] = kept;
            _made++;
        }
    }
}
