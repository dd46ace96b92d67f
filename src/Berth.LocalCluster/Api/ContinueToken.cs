using Berth.LocalCluster.Json;
using Berth.LocalCluster.Status;

namespace Berth.LocalCluster.Api;

/// <summary>
/// The position where a paged list continues, in the form of a real server: the version, and the key after the last sent one.
/// </summary>
internal sealed record ContinueToken(long Version, string Start)
{
    public static ContinueToken? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        try
        {
            string padded = text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '=');
            JsonNode? token = JsonNode.Parse(Convert.FromBase64String(padded));
            return new(token.Number("rv") ?? throw new FormatException(), token.Text("start") ?? throw new FormatException());
        }
        catch (Exception exception) when (exception is FormatException or System.Text.Json.JsonException)
        {
            throw ApiException.BadRequest($"invalid continue token: continue key is not valid: {exception.Message}");
        }
    }

    public override string ToString()
    {
        byte[] json = new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = Version, ["start"] = Start + "\0" }.ToUtf8();
        return Convert.ToBase64String(json).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
