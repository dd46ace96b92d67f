namespace Berth.Kubernetes.Wire;

/// <summary>Reads a list piece by piece. It needs memory only for the longest object and for the decoded objects.</summary>
internal interface IListParser
{
    /// <summary>The fields around the items that have been read so far.</summary>
    ListAnswer Answer { get; }

    /// <summary>True after the end of the list has been read.</summary>
    bool IsComplete { get; }

    /// <summary>Reads all complete objects.</summary>
    /// <param name="data">The bytes that were not consumed before, and more.</param>
    /// <param name="final">True when no more bytes follow.</param>
    /// <returns>The number of consumed bytes.</returns>
    /// <exception cref="System.Text.Json.JsonException">The JSON is broken, or ends too early.</exception>
    /// <exception cref="ResourceFormatException">It is not a list of this kind.</exception>
    int Consume(ReadOnlySpan<byte> data, bool final);
}
