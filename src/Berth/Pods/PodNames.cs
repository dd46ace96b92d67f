using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Berth.Pods;

/// <summary>Compares and writes the names of endpoints without making a string of them.</summary>
internal static class PodNames
{
    public static bool AreEqual(PodEndpoint left, PodEndpoint right)
    {
        (PodName one, PodName other) = (left.Key, right.Key);
        return one.Text is PodNamePrefix && ReferenceEquals(one.Text, other.Text) ? one.Number == other.Number : Compare(left, right) == 0;
    }

    public static int Compare(PodEndpoint left, PodEndpoint right)
    {
        (PodName one, PodName other) = (left.Key, right.Key);
        if (one.Number == other.Number && one.Text is PodNamePrefix && ReferenceEquals(one.Text, other.Text))
            return 0;
        Span<char> digits = stackalloc char[PodNamePrefix.MaxDigits];
        return Compare(left, PodNameText.Of(other.Text!, other.Number, digits));
    }

    public static int Compare(PodEndpoint left, PodNameText name)
    {
        PodName key = left.Key;
        Span<char> digits = stackalloc char[PodNamePrefix.MaxDigits];
        return PodNameText.Of(key.Text!, key.Number, digits).Compare(name);
    }

    public static bool IsNamed(PodEndpoint endpoint, ReadOnlySpan<char> name) => Compare(endpoint, new PodNameText(name, default)) == 0;

    /// <summary>A hash for tables in memory: the same however the name is kept.</summary>
    public static ulong TableHash(PodEndpoint endpoint) => endpoint.Key switch
    {
        { Text: PodNamePrefix prefix, Number: int number } => KeyHash.Mix(prefix.HashState + (uint)number + 1),
        var key => TableHash((string)key.Text!),
    };

    /// <summary>The same of a whole name.</summary>
    public static ulong TableHash(string name) => PodOrdinal.TryParse(name, out int number, out _)
        ? KeyHash.Mix(KeyHash.Begin(name.AsSpan(0, name.LastIndexOf('-') + 1)) + (uint)number + 1)
        : KeyHash.Of(name);

    /// <summary>Writes the name as a member of an object. Listing all endpoints must not leave a string behind for each.</summary>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> member, PodEndpoint endpoint)
    {
        PodName key = endpoint.Key;
        if (key.Text is not PodNamePrefix prefix || prefix.Text.Length > 256)
        {
            json.WriteString(member, key.ToString());
            return;
        }

        Span<byte> text = stackalloc byte[(256 * 3) + PodNamePrefix.MaxDigits];
        int length = Encoding.UTF8.GetBytes(prefix.Text, text);
        key.Number.TryFormat(text[length..], out int digits, default, CultureInfo.InvariantCulture);
        json.WriteString(member, text[..(length + digits)]);
    }
}
