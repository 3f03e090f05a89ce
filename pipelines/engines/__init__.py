"""Where extraction runs; every engine calls the same function and gives the same rows.

An engine is one module with ``run(batches, setup, workers, scheduler)``, which gives what came of each batch, in any order.
"""
