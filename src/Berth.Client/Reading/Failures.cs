using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net.Http;
using Berth.Client.Json;
using Berth.Client.Timing;

namespace Berth.Client.Reading
{
    /// <summary>Makes the exceptions of this package, and sorts them.</summary>
    internal static class Failures
    {
        private const string Problem = "urn:berth:problem:";
        private const string UnreachableType = "urn:berth:client:unreachable";
        private const string UnreadableType = "urn:berth:client:unreadable";

        /// <summary>No dispatcher answered.</summary>
        public static BerthException Unreachable(string detail, Exception? cause = null) =>
            new(UnreachableType, "Dispatcher unreachable", detail, 0, cause);

        /// <summary>A server answered, but not as a dispatcher.</summary>
        public static BerthException Unreadable(string detail, int status, Exception? cause = null) =>
            new(UnreadableType, "Unreadable answer", detail, status, cause);

        /// <summary>An answer of something that is no dispatcher.</summary>
        public static BerthException NotADispatcher(Uri dispatcher, HttpResponseMessage response, Exception? cause = null)
        {
            string type = response.Content?.Headers.ContentType?.ToString() ?? "no type";
            BerthException failure = Unreadable(
                $"{dispatcher} answered {(int)response.StatusCode} with {type}, and not as a dispatcher does. Check that this is the "
                + "address of a dispatcher, and not of a proxy or another server.", (int)response.StatusCode, cause);
            failure.RetryAfter = ReadRetryAfter(response);
            return failure;
        }

        /// <summary>Reads the problem (RFC 9457) of an answer.</summary>
        public static BerthException ReadProblem(Uri dispatcher, HttpResponseMessage response, string body)
        {
            try
            {
                JsonNode json = JsonParser.Parse(body);
                return new BerthException(
                    json.GetText("type"), json.FindText("title") ?? "", json.GetText("detail"), (int)response.StatusCode)
                {
                    RetryAfter = ReadRetryAfter(response),
                    Endpoint = json.Find("endpoint") is { } endpoint ? EndpointReader.ReadEndpoint(endpoint) : null,
                };
            }
            catch (FormatException exception)
            {
                return NotADispatcher(dispatcher, response, exception);
            }
        }

        /// <summary>True when another dispatcher may give an answer where this one failed.</summary>
        public static bool IsOfTheDispatcher(BerthException failure) => failure.Type switch
        {
            UnreachableType => true,
            UnreadableType => failure.Status != 404,
            Problem + "internal" or Problem + "not-listed" or Problem + "too-stale" or Problem + "not-ready" => true,
            _ => false,
        };

        /// <summary>True when a repeated request cannot succeed: the request, the token or the target must change.</summary>
        public static bool IsRefusal(BerthException failure) =>
            failure.Type.StartsWith(Problem, StringComparison.Ordinal) && (failure.Status is 400 or 401 or 403 or 404);

        /// <summary>A time in seconds, for sentences.</summary>
        public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);

        // The rule of Berth, which this package cannot reference.
        private static TimeSpan? ReadRetryAfter(HttpResponseMessage response)
        {
            TimeSpan? asked = response.Headers.RetryAfter?.Delta
                ?? (response.Headers.RetryAfter?.Date is { } date ? date - ClientClock.UtcNow : ReadLongSeconds(response));
            return asked < TimeSpan.Zero ? TimeSpan.Zero : asked;
        }

        // The typed header ignores numbers above an int, but a server that sends one asks for a long wait, not for none.
        private static TimeSpan? ReadLongSeconds(HttpResponseMessage response)
        {
            if (!response.Headers.TryGetValues("Retry-After", out IEnumerable<string>? values))
                return null;
            return double.TryParse(string.Join(", ", values), NumberStyles.None, CultureInfo.InvariantCulture, out double seconds)
                ? seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue
                : (TimeSpan?)null;
        }
    }
}
