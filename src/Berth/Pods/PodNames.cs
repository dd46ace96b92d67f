using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Berth.Pods;

/// <summary>Compares and writes the names of endpoints without creating strings.</summary>
internal static class PodNames
{
    public static bool AreEqual(PodName left, PodName right) =>
        left.Prefix is not null && ReferenceEquals(left.Prefix, right.Prefix) ? left.Number == right.Number : Compare(left, right) == 0;

    public static bool AreEqual(PodEndpoint left, PodEndpoint right) => AreEqual(left.Key, right.Key);

    public static int Compare(PodName left, PodName right)
    {
        if (left.Prefix is not null && ReferenceEquals(left.Prefix, right.Prefix) && left.Number == right.Number)
            return 0;
        Span<char> digits = stackalloc char[PodOrdinal.MaxDigits];
        return Compare(left, PodNameText.Of(right, digits));
    }

    public static int Compare(PodEndpoint left, PodEndpoint right) => Compare(left.Key, right.Key);

    public static int Compare(PodName left, PodNameText right)
    {
        Span<char> digits = stackalloc char[PodOrdinal.MaxDigits];
        return PodNameText.Of(left, digits).Compare(right);
    }

    public static int Compare(PodEndpoint left, PodNameText right) => Compare(left.Key, right);

    public static bool IsNamed(PodName name, ReadOnlySpan<char> text) => Compare(name, new PodNameText(text, default)) == 0;

    public static bool IsNamed(PodEndpoint endpoint, ReadOnlySpan<char> text) => IsNamed(endpoint.Key, text);

    /// <summary>A hash for tables in memory. It does not depend on the form in which the name is kept.</summary>
    public static ulong TableHash(PodName name) => name.Prefix is { } prefix
        ? KeyHash.Mix(prefix.HashState + (uint)name.Number + 1)
        : TableHash(name.Text);

    /// <summary>The same hash for a whole name.</summary>
    public static ulong TableHash(ReadOnlySpan<char> name) =>
        PodOrdinal.Split(name, out int prefix, out int number) == PodOrdinal.Fault.None
            ? KeyHash.Mix(KeyHash.Begin(name[..prefix]) + (uint)number + 1)
            : KeyHash.Of(name);

    /// <summary>Writes the name as a member of an object. It creates no string, because a list may have 100,000 endpoints.</summary>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> member, PodEndpoint endpoint)
    {
        PodName key = endpoint.Key;
        if (key.Prefix is not { Text.Length: <= 256 } prefix)
        {
            json.WriteString(member, key.ToString());
            return;
        }

        Span<byte> text = stackalloc byte[(256 * 3) + PodOrdinal.MaxDigits];
        int length = Encoding.UTF8.GetBytes(prefix.Text, text);
        key.Number.TryFormat(text[length..], out int digits, default, CultureInfo.InvariantCulture);
        json.WriteString(member, text[..(length + digits)]);
    }
}
