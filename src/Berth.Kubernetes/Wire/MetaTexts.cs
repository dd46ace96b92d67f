using System.Text;
using System.Text.Json;

namespace Berth.Kubernetes.Wire;

/// <summary>The wanted labels and annotations of an object's metadata, for one reading.</summary>
/// <param name="keys">The keys in UTF-8, each with true for a label and false for an annotation.</param>
internal sealed class MetaTexts(IReadOnlyList<(byte[] Key, bool IsLabel)> keys)
{
    /// <summary>The values in the order of the keys; null for a key that is not stated.</summary>
    public string?[] Values { get; } = new string?[keys.Count];

    /// <summary>Reads the value of a label or annotation when it is wanted, and skips it otherwise. The reader is at its name.</summary>
    public bool TryRead(scoped ref Utf8JsonReader reader, bool isLabel)
    {
        for (int i = 0; i < keys.Count; i++)
        {
            if (keys[i].IsLabel == isLabel && reader.ValueTextEquals(keys[i].Key))
                return JsonFields.TryReadString(ref reader, Encoding.UTF8.GetString(keys[i].Key), ref Values[i]);
        }

        return reader.TrySkip();
    }
}
