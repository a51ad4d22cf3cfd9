"""The wire protocol of the SQL connector on loopback: its own structs, our sessions, paged Arrow results."""

from __future__ import annotations

import datetime as dt
import threading
import uuid

import pyarrow as pa
from databricks.sql.thrift_api.TCLIService import TCLIService
from databricks.sql.thrift_api.TCLIService import ttypes as T  # noqa: N812 - many of them
from thrift.protocol import TBinaryProtocol
from thrift.transport import TTransport

OK = T.TStatus(statusCode=T.TStatusCode.SUCCESS_STATUS)
_TYPES = (
    (pa.types.is_boolean, "BOOLEAN_TYPE"), (pa.types.is_int32, "INT_TYPE"), (pa.types.is_int64, "BIGINT_TYPE"),
    (pa.types.is_float64, "DOUBLE_TYPE"), (pa.types.is_timestamp, "TIMESTAMP_TYPE"), (pa.types.is_date, "DATE_TYPE"),
    (pa.types.is_list, "ARRAY_TYPE"), (pa.types.is_map, "MAP_TYPE"), (pa.types.is_struct, "STRUCT_TYPE"),
)  # fmt: skip
_VALUES = {
    "INT": int, "BIGINT": int, "SMALLINT": int, "TINYINT": int, "DOUBLE": float,
    "BOOLEAN": lambda s: s.lower() == "true",
    "DATE": dt.date.fromisoformat, "TIMESTAMP": dt.datetime.fromisoformat,
}  # fmt: skip


class Thrift:
    """Answers the connector; `execute(sql, parameters, principal)` gives an Arrow table or raises."""

    def __init__(self, execute, page=50_000):
        self._execute, self._page_rows = execute, page
        self._lock, self._open, self._principal = threading.Lock(), {}, None
        self._processor = TCLIService.Processor(self)

    def take(self, raw, request):
        """Answer one request: status, headers, bytes."""
        if request.principal is None:
            return 401, {"X-Databricks-Error-Or-Redirect-Message": "Invalid access token"}, b""
        with self._lock:
            self._principal = request.principal
            out = TTransport.TMemoryBuffer()
            self._processor.process(
                TBinaryProtocol.TBinaryProtocol(TTransport.TMemoryBuffer(raw)), TBinaryProtocol.TBinaryProtocol(out)
            )
        return 200, {}, out.getvalue()

    # -- what the connector calls; the names are the protocol's

    def OpenSession(self, ask):  # noqa: N802
        return T.TOpenSessionResp(
            status=OK, serverProtocolVersion=T.TProtocolVersion.SPARK_CLI_SERVICE_PROTOCOL_V7,
            sessionHandle=T.TSessionHandle(sessionId=_handle()), canUseMultipleCatalogs=True,
            initialNamespace=ask.initialNamespace, configuration={},
        )  # fmt: skip

    def CloseSession(self, _):  # noqa: N802
        return T.TCloseSessionResp(status=OK)

    def ExecuteStatement(self, ask):  # noqa: N802
        handle = T.TOperationHandle(
            operationId=_handle(), operationType=T.TOperationType.EXECUTE_STATEMENT, hasResultSet=True
        )
        rows = ask.getDirectResults.maxRows if ask.getDirectResults else self._page_rows
        try:
            found = self._execute(ask.statement, _parameters(ask.parameters), self._principal)
        except Exception as error:  # noqa: BLE001 - whatever the engine says goes to the client
            state = T.TGetOperationStatusResp(
                status=OK,
                operationState=T.TOperationState.ERROR_STATE,
                errorMessage=str(error),
                displayMessage=str(error),
            )
            direct = T.TSparkDirectResults(operationStatus=state, closeOperation=T.TCloseOperationResp(status=OK))
            return T.TExecuteStatementResp(status=OK, operationHandle=handle, directResults=direct)
        self._open[handle.operationId.guid] = [found, 0]
        state = T.TGetOperationStatusResp(status=OK, operationState=T.TOperationState.FINISHED_STATE)
        page = self._page(handle.operationId.guid, min(rows, self._page_rows))
        direct = T.TSparkDirectResults(operationStatus=state, resultSetMetadata=_metadata(found), resultSet=page)
        return T.TExecuteStatementResp(status=OK, operationHandle=handle, directResults=direct)

    def FetchResults(self, ask):  # noqa: N802
        guid = ask.operationHandle.operationId.guid
        page = self._page(guid, min(ask.maxRows, self._page_rows))
        page.resultSetMetadata = _metadata(self._open[guid][0])
        return page

    def GetResultSetMetadata(self, ask):  # noqa: N802
        return _metadata(self._open[ask.operationHandle.operationId.guid][0])

    def GetOperationStatus(self, _):  # noqa: N802
        return T.TGetOperationStatusResp(status=OK, operationState=T.TOperationState.FINISHED_STATE)

    def CloseOperation(self, ask):  # noqa: N802
        self._open.pop(ask.operationHandle.operationId.guid, None)
        return T.TCloseOperationResp(status=OK)

    def CancelOperation(self, _):  # noqa: N802
        return T.TCancelOperationResp(status=OK)

    def _page(self, guid, rows):
        found, start = self._open[guid]
        cut = found.slice(start, rows)
        self._open[guid][1] = start + cut.num_rows
        batches = [
            T.TSparkArrowBatch(batch=batch.serialize().to_pybytes(), rowCount=batch.num_rows)
            for batch in cut.combine_chunks().to_batches()
        ]
        more = start + cut.num_rows < found.num_rows
        return T.TFetchResultsResp(
            status=OK, hasMoreRows=more, results=T.TRowSet(startRowOffset=start, rows=[], arrowBatches=batches)
        )


def _handle():
    return T.THandleIdentifier(guid=uuid.uuid4().bytes, secret=uuid.uuid4().bytes)


def _parameters(given):
    found = {}
    for one in given or []:
        text = one.value.stringValue if one.value is not None else None
        found[one.name] = None if text is None else _VALUES.get(one.type, str)(text)
    return found


def _metadata(rows):
    columns = []
    for place, field in enumerate(rows.schema):
        kind = next((name for fits, name in _TYPES if fits(field.type)), "STRING_TYPE")
        entry = T.TTypeEntry(primitiveEntry=T.TPrimitiveTypeEntry(type=getattr(T.TTypeId, kind)))
        columns.append(T.TColumnDesc(columnName=field.name, typeDesc=T.TTypeDesc(types=[entry]), position=place + 1))
    return T.TGetResultSetMetadataResp(
        status=OK, schema=T.TTableSchema(columns=columns), resultFormat=T.TSparkRowSetType.ARROW_BASED_SET,
        lz4Compressed=False, arrowSchema=rows.schema.serialize().to_pybytes(), isStagingOperation=False,
    )  # fmt: skip
