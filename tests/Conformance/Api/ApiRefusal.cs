using System.Net;
using System.Text.Json.Nodes;

namespace Berth.Conformance.Api;

/// <summary>The API server refused a request.</summary>
internal sealed class ApiRefusal(HttpStatusCode code, string body, string request) : Exception(
    $"{request} was refused with {(int)code}: {body}")
{
    public int Code => (int)code;

    /// <summary>The Status object, as every refusal of Kubernetes has one.</summary>
    public JsonNode Status { get; } = Parse(body);

    private static JsonNode Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body) ?? new JsonObject();
        }
        catch (System.Text.Json.JsonException)
        {
            return new JsonObject { ["message"] = body };
        }
    }
}
